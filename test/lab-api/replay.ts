import { baseRequest, getEvents } from "@linode/api-v4";
import { at, publicKey, until } from "./harness.ts";
import type { Recorded } from "./recorded.ts";

/** What became of a recorded exchange: `same`, why it was left out, or how ours differs. */
export type Outcome =
  | { readonly kind: "same" }
  | { readonly kind: "left out"; readonly why: string }
  | { readonly kind: "different"; readonly how: string };

const same: Outcome = { kind: "same" };
const leftOut = (why: string): Outcome => ({ kind: "left out", why });

/** What the lab's API has no counterpart for, with the words that show it in a recorded request. */
const foreign: readonly (readonly [RegExp, string])[] = [
  [/"vpc|subnet_id/, "VPCs"],
  [/"ipv4":\[|"reserved"|reserved_ipv4/, "reserved addresses"],
  [/"address":/, "reserved addresses"],
  [/"interface_generation":"linode"|"public":\{|"vlan":\{/, "Linode interfaces"],
  [/"sd[i-l]"|volume_id":\d/, "volumes"],
  [/boot_size/, "choosing the kernel and size of the root disk on creation"],
  [/"type":"ipv4","public":false/, "private addresses"],
];

/** Replays one recording against the lab, with ids, regions, images and addresses translated. */
export class Replay {
  readonly #url: string;
  /** Recorded id -> ours. */
  readonly #ids = new Map<string, number>();
  /** The last address that was allocated; recordings hide which one it was. */
  #address = "198.18.0.250";
  #hasExtra = false;
  readonly #leftTags = new Set<string>();
  /** Requests that ours carried out where the real Linode was busy: they cannot be carried out again. */
  readonly #early = new Set<string>();

  constructor(url: string) {
    this.#url = url;
  }

  /** Sends the recorded request and compares status and, for errors, the body. */
  async play(recorded: Recorded, path: string): Promise<Outcome> {
    const text = JSON.stringify(recorded.sent);
    const why = foreign.find(([pattern]) => pattern.test(text));
    const busy = JSON.stringify(recorded.received).includes("Linode busy.");
    const ids = [...path.matchAll(/\/(\d{3,})(?=\/|$)/g)].map((match) => match[1] ?? "");
    if (why !== undefined) {
      if (recorded.endpoint === "POST /tags") this.#leftTags.add(String(at(recorded.sent, "label")));
      return leftOut(why[1]);
    }
    if (recorded.endpoint.endsWith("/tags/{}") && this.#leftTags.has(path.replace(/^.*\//, "")))
      return leftOut("belongs to something that is left out");
    if (at(recorded.received, "reserved") === true) return leftOut("reserved addresses");
    if (recorded.endpoint === "DELETE /linode/instances/{}/ips/{}" && !this.#hasExtra)
      return leftOut("reserved addresses");
    if (this.#early.has(`${recorded.endpoint} ${path}`)) return leftOut("the lab was faster");
    if (ids.some((id) => !this.#ids.has(id))) return leftOut("belongs to something that is left out");
    const own = ids[0] === undefined ? undefined : this.#ids.get(ids[0]);
    if (!busy && own !== undefined && path.includes("/instances/")) await settled(own);
    const target = path
      .replaceAll(/\d{3,}(?=\/|$)/g, (id) => String(this.#ids.get(id)))
      .replaceAll(/(\d+\.){3}\d+/g, (address) => (recorded.status === 404 ? address : this.#address))
      .replace(/(?<=\/images\/)(?!does-not-exist).*$/, "linode%2Fdebian12");
    const answer = await this.#send(recorded.endpoint.split(" ")[0] ?? "GET", target, this.#translate(recorded.sent));
    if (answer.status < 300) this.#learn(recorded, answer.data);
    if (busy && answer.status === 200) this.#early.add(`${recorded.endpoint} ${path}`);
    return compare(recorded, answer, busy);
  }

  async #send(method: string, path: string, data: unknown): Promise<{ status: number; data: unknown }> {
    const answer = await baseRequest.request<unknown>({
      url: this.#url + path,
      method,
      validateStatus: () => true,
      ...(data === null ? {} : { data }),
    });
    return { status: answer.status, data: answer.data };
  }

  #learn(recorded: Recorded, answer: unknown): void {
    const [real, ours] = [at(recorded.received, "id"), at(answer, "id")];
    if (typeof real === "number" && typeof ours === "number") this.#ids.set(String(real), ours);
    const extra = at(answer, "address");
    const first = at(answer, "ipv4.0");
    if (recorded.endpoint === "POST /linode/instances/{}/ips") this.#hasExtra = true;
    if (typeof extra === "string" || typeof first === "string") this.#address = String(extra ?? first);
    const [realList, ourList] = [at(recorded.received, "data"), at(answer, "data")];
    if (!Array.isArray(realList) || !Array.isArray(ourList) || recorded.endpoint.includes("/regions")) return;
    // What the API made by itself (disks and configurations of an image) is known by its place.
    for (const [index, item] of realList.entries()) {
      const [id, own] = [at(item, "id"), at(ourList[index], "id")];
      if (typeof id === "number" && typeof own === "number" && !this.#ids.has(String(id)))
        this.#ids.set(String(id), own);
    }
  }

  #translate(sent: unknown): unknown {
    if (typeof sent !== "object" || sent === null) return sent;
    const text = JSON.stringify(sent)
      .replace(/"region":"[^"]*"/, '"region":"us-ord"')
      .replace(/"type":"g1-[^"]*"/, '"type":"g6-nanode-1"')
      .replace(/"type":"g6-standard-6"/, '"type":"g6-standard-4"')
      .replace(/"image":"[^"]*"/, '"image":"linode/debian12"')
      .replace(/,"firewall_id":\d+/, "")
      .replaceAll(/"(?:\d+\.){3}\d+"/g, JSON.stringify(this.#address))
      .replaceAll(/"authorized_keys":\["[^"]*"/g, `"authorized_keys":[${JSON.stringify(publicKey)}`)
      .replaceAll(/(?<=[:[,])\d{4,}(?=[\],}])/g, (id) => String(this.#ids.get(id) ?? id));
    return JSON.parse(text);
  }
}

function compare(recorded: Recorded, answer: { status: number; data: unknown }, busy: boolean): Outcome {
  // The recorder polled until the real Linode was free; ours may be by now.
  if (busy && answer.status === 200) return leftOut("the lab was faster");
  if (answer.status !== recorded.status)
    return {
      kind: "different",
      how: `${String(answer.status)} ${JSON.stringify(answer.data)} for ${JSON.stringify(recorded.sent)}`,
    };
  if (recorded.status < 400 || JSON.stringify(answer.data) === JSON.stringify(recorded.received)) return same;
  return { kind: "different", how: `${JSON.stringify(answer.data)}, recorded ${JSON.stringify(recorded.received)}` };
}

async function settled(id: number): Promise<void> {
  await until(
    () => getEvents({}, { "entity.id": id }),
    (page) => page.data.every((event) => event.status !== "started" && event.status !== "scheduled"),
  );
}
