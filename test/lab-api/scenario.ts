import {
  allocateIPAddress,
  assignLinodesToPlacementGroup,
  baseRequest,
  createLinode,
  createLinodeConfig,
  createLinodeDisk,
  createPlacementGroup,
  deleteLinode,
  deleteLinodeConfig,
  deleteLinodeDisk,
  deletePlacementGroup,
  getEvent,
  getEvents,
  getImage,
  getImages,
  getIP,
  getIPs,
  getLinode,
  getLinodeConfig,
  getLinodeConfigs,
  getLinodeDisk,
  getLinodeDisks,
  getLinodeIPs,
  getLinodeKernel,
  getLinodeKernels,
  getLinodes,
  getLinodeTypes,
  getPlacementGroup,
  getPlacementGroups,
  getProfile,
  getRegion,
  getRegionAvailabilities,
  getRegionAvailability,
  getRegions,
  getTags,
  getType,
  getVlans,
  createTag,
  deleteTag,
  linodeBoot,
  linodeReboot,
  linodeShutdown,
  rebuildLinode,
  removeIPAddress,
  resizeLinodeDisk,
  setToken,
  shareAddresses,
  shareAddressesv4,
  unassignLinodesFromPlacementGroup,
  updateIP,
  updateLinode,
  updateLinodeConfig,
  updateLinodeDisk,
  updatePlacementGroup,
} from "@linode/api-v4";
import { publicKey, token, until } from "./harness.ts";

let installed: number[] = [];

/** Sends everything of the client package to `url`, until it is told another. */
export function redirect(url: string): void {
  for (const id of installed) baseRequest.interceptors.request.eject(id);
  const move = baseRequest.interceptors.request.use((config) => {
    const target = new URL(config.url ?? "", "https://api.linode.com");
    config.url = url + target.pathname + target.search;
    return config;
  });
  installed = [move, setToken(token)];
}

const image = "linode/debian12";
const place = { region: "us-ord", type: "g6-nanode-1" };
const helpers = {
  distro: true,
  modules_dep: true,
  devtmpfs_automount: true,
  updatedb_disabled: true,
  network: false,
};

async function reach(id: number, status: string): Promise<void> {
  await until(
    () => getLinode(id),
    (linode) => linode.status === status,
  );
  await until(
    () => getEvents({}, { "entity.id": id }),
    (page) => page.data.every((event) => event.status === "finished"),
  );
}

async function catalogue(): Promise<void> {
  await getRegions();
  await getRegion("us-ord");
  await getRegionAvailabilities();
  await getRegionAvailability("us-ord");
  await getLinodeTypes();
  await getType("g6-nanode-1");
  await getImages();
  await getImage(image);
  await getLinodeKernels();
  await getLinodeKernel("linode/grub2");
  await getProfile();
}

async function disksAndConfigs(id: number): Promise<void> {
  const root = await createLinodeDisk(id, {
    label: "root",
    size: 8000,
    image,
    root_pass: "aComplexP4ssword",
    authorized_keys: [publicKey],
  });
  await reach(id, "offline");
  const data = await createLinodeDisk(id, { label: "data", size: 4000, filesystem: "raw" });
  await reach(id, "offline");
  await getLinodeDisks(id);
  await getLinodeDisk(id, data.id);
  await updateLinodeDisk(id, data.id, { label: "data-1" });
  await resizeLinodeDisk(id, data.id, 5000);
  await reach(id, "offline");
  const config = await createLinodeConfig(id, {
    label: "boot",
    devices: { sda: { disk_id: root.id, volume_id: null }, sdb: { disk_id: data.id, volume_id: null } },
    helpers,
    initrd: null,
    kernel: "linode/grub2",
    root_device: "/dev/sda",
    interfaces: [{ purpose: "public" }, { purpose: "vlan", label: "lan", ipam_address: "10.0.0.1/24" }],
  });
  await updateLinodeConfig(id, config.id, { label: "boot-1", helpers });
  const spare = await createLinodeConfig(id, {
    label: "spare",
    devices: {},
    helpers,
    initrd: null,
    root_device: "/dev/sda",
  });
  await getLinodeConfigs(id);
  await getLinodeConfig(id, config.id);
  await deleteLinodeConfig(id, spare.id);
  const scratch = await createLinodeDisk(id, { label: "scratch", size: 100, filesystem: "ext4" });
  await reach(id, "offline");
  await deleteLinodeDisk(id, scratch.id);
  await reach(id, "offline");
}

async function power(id: number): Promise<void> {
  await linodeBoot(id);
  await reach(id, "running");
  await getLinodeConfigs(id);
  await getVlans();
  await linodeReboot(id);
  await reach(id, "running");
  await linodeShutdown(id);
  await reach(id, "offline");
  await getEvents();
  const [event] = (await getEvents()).data;
  if (event !== undefined) await getEvent(event.id);
}

async function addresses(one: number, two: number): Promise<void> {
  const extra = await allocateIPAddress(one, { type: "ipv4", public: true });
  await shareAddresses({ linode_id: two, ips: [extra.address] });
  await shareAddressesv4({ linode_id: two, ips: [extra.address] });
  await getLinodeIPs(one);
  await getLinodeIPs(two);
  await getIPs();
  await getIP(extra.address);
  await updateIP(extra.address, "a.example.org");
  await updateIP(extra.address, null);
  await removeIPAddress({ address: extra.address, linodeID: one });
}

async function groups(id: number): Promise<void> {
  const group = await createPlacementGroup({
    label: "pairs",
    region: "us-ord",
    placement_group_type: "anti_affinity:local",
    placement_group_policy: "flexible",
  });
  await getPlacementGroups();
  await updatePlacementGroup(group.id, { label: "pairs-1" });
  await assignLinodesToPlacementGroup(group.id, { linodes: [id] });
  await getPlacementGroup(group.id);
  await getLinode(id);
  await unassignLinodesFromPlacementGroup(group.id, { linodes: [id] });
  await deletePlacementGroup(group.id);
}

/** One use of every call that the lab's API knows, through the client package. */
export async function walkThrough(): Promise<void> {
  await catalogue();
  const bare = await createLinode({ ...place, label: "bare", tags: ["red"] });
  await createTag({ label: "blue", linodes: [bare.id] });
  await getTags();
  await baseRequest.request({ url: "https://api.linode.com/v4/tags/red", method: "GET" });
  const imaged = await createLinode({
    ...place,
    label: "imaged",
    image,
    root_pass: "aComplexP4ssword",
    booted: false,
    metadata: { user_data: "Y29vbA==" },
  });
  await reach(imaged.id, "offline");
  await getLinodes({}, { tags: "red" });
  await getLinodes();
  await updateLinode(bare.id, { label: "bare-1", tags: ["red", "green"] });
  await disksAndConfigs(bare.id);
  await power(bare.id);
  await addresses(bare.id, imaged.id);
  await groups(imaged.id);
  await rebuildLinode(imaged.id, { image, root_pass: "aComplexP4ssword", booted: false });
  await reach(imaged.id, "offline");
  await deleteTag("blue");
  await deleteLinode(bare.id);
  await deleteLinode(imaged.id);
}
