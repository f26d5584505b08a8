import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { isAlive, processRef, withLock } from "./process.ts";
import { recipe, suite, type Recipe } from "./recipe.ts";
import type { Settings } from "./settings.ts";
import { attempt, LabError, lastLines, run } from "./shell.ts";

/** A finished image in the cache; nothing in it is ever written to again. */
export interface Image {
  readonly key: string;
  /** Tree of the operating system, lower layer of every container. */
  readonly tree: string;
  /** The same as an ext4 file system, backing file of every virtual machine. */
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
  /** Apt repository with every package that was downloaded for the image. */
  readonly packages: string;
}

/** Gets one line for people per step of something that takes long. */
export type Progress = (line: string) => void;

/**
 * The image for these settings: from the cache, or built, which takes about a minute and needs a Debian mirror.
 * Two callers at once build it once. Throws `LabError` when the build fails; nothing half-built is ever used.
 */
export async function ensureImage(settings: Settings, progress: Progress): Promise<Image> {
  const wanted = recipe(settings.packages, settings.rootDiskMb);
  const dir = join(settings.cacheDir, wanted.key);
  if (existsSync(dir)) return imageIn(wanted.key, dir);
  await mkdir(settings.cacheDir, { recursive: true, mode: 0o755 });
  const waiting = (): void => progress("Another lab is building the image; waiting for it.");
  await withLock(join(settings.cacheDir, "build.lock"), waiting, async () => {
    if (existsSync(dir)) return;
    await removeAbandoned(settings.cacheDir);
    const owner = processRef(process.pid);
    const suffix = `${String(process.pid)}-${owner?.startTime ?? "0"}-${randomUUID().slice(0, 4)}`;
    const building = join(settings.cacheDir, `building-${suffix}`);
    try {
      await build(wanted, settings, building, progress);
      await rename(building, dir);
    } finally {
      await rm(building, { recursive: true, force: true });
    }
  });
  return imageIn(wanted.key, dir);
}

function imageIn(key: string, dir: string): Image {
  return {
    key,
    tree: join(dir, "tree"),
    disk: join(dir, "root.img"),
    kernel: join(dir, "vmlinuz"),
    initrd: join(dir, "initrd"),
    packages: join(dir, "packages"),
  };
}

/** A killed build leaves its folder, with file systems mounted in it at worst; its owner is in the name. */
async function removeAbandoned(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    const match = /^building-(\d+)-(\d+)-/.exec(name);
    if (match === null || isAlive({ pid: Number(match[1]), startTime: match[2] ?? "" })) continue;
    const dir = join(cacheDir, name);
    const mounts = (await run("findmnt", ["-rno", "TARGET"])).split("\n").filter((path) => path.startsWith(`${dir}/`));
    for (const path of mounts.toReversed()) await attempt("umount", ["-l", path]);
    await rm(dir, { recursive: true, force: true });
  }
}

async function build(wanted: Recipe, settings: Settings, dir: string, progress: Progress): Promise<void> {
  const started = Date.now();
  const since = (): string => `${String(Math.round((Date.now() - started) / 1000))} s`;
  const count = String(wanted.install.length);
  progress(`Building the machine image (${wanted.key}): Debian 12 with ${count} packages and what they need.`);
  await mkdir(join(dir, "packages", "pool"), { recursive: true });
  await bootstrap(wanted, dir, progress);
  progress(`Debian is installed (${since()}). Making the disk image and the package mirror.`);
  await Promise.all([makeDisk(dir, settings.rootDiskMb), indexPackages(join(dir, "packages"))]);
  progress(`The image is ready (${since()}); later starts take it from ${settings.cacheDir}.`);
}

const steps: ReadonlyMap<string, string> = new Map([
  ["I: downloading packages with apt...", "Downloading the base system."],
  ["I: extracting archives...", "Unpacking the base system."],
  ["I: installing remaining packages inside the chroot...", "Downloading and installing the other packages."],
]);

async function bootstrap(wanted: Recipe, dir: string, progress: Progress): Promise<void> {
  const pool = join(dir, "packages", "pool");
  const proxy = await aptProxy();
  const outcome = await attempt(
    "mmdebstrap",
    [
      "--variant=minbase",
      "--architectures=amd64",
      `--include=${wanted.install.join(",")}`,
      "--hook-dir=/usr/share/mmdebstrap/hooks/eatmydata",
      `--customize-hook='${wanted.script}' "$1" '${pool}' '${join(dir, "initrd")}' ${wanted.download.join(" ")}`,
      "--skip=essential/unlink,cleanup/apt",
      "--dpkgopt=force-unsafe-io",
      ...(proxy === "" ? [] : [`--aptopt=Acquire::http::Proxy "${proxy}"`]),
      suite,
      join(dir, "tree"),
      ...(await aptSources()),
    ],
    {
      env: { TMPDIR: "/tmp" },
      onLine: (line) => {
        const step = steps.get(line.trim());
        if (step !== undefined) progress(step);
      },
    },
  );
  if (outcome.code === 0) return;
  throw new LabError(
    "The machine image could not be built: installing Debian into it failed. Nothing was kept. Check that `apt-get " +
      `update\` works on this machine and that ${dir} has 4 GB of space, then try again. The last lines were:\n` +
      lastLines(outcome.stderr),
  );
}

/** The mirrors this machine itself uses when it runs the same release; Debian's own otherwise. */
async function aptSources(): Promise<string[]> {
  const format = "$(ORIGIN) $(SITE) $(RELEASE) $(COMPONENT)";
  const outcome = await attempt("apt-get", ["indextargets", "--format", format, "Identifier: Packages"]);
  const lines = new Set<string>();
  for (const line of outcome.stdout.split("\n")) {
    const [origin, site, release, component] = line.split(" ");
    if (origin !== "Debian" || release === undefined || component !== "main") continue;
    if (release === suite || release.startsWith(`${suite}-`)) lines.add(`deb ${site ?? ""} ${release} main`);
  }
  const own = [...lines];
  if (own.some((line) => line.endsWith(` ${suite} main`))) return own;
  return [
    `deb http://deb.debian.org/debian ${suite} main`,
    `deb http://deb.debian.org/debian ${suite}-updates main`,
    `deb http://deb.debian.org/debian-security ${suite}-security main`,
  ];
}

async function aptProxy(): Promise<string> {
  const outcome = await attempt("apt-config", ["shell", "proxy", "Acquire::http::Proxy"]);
  return /^proxy='(.*)'$/m.exec(outcome.stdout)?.[1] ?? "";
}

async function makeDisk(dir: string, sizeMb: number): Promise<void> {
  const tree = join(dir, "tree");
  const boot = await readdir(join(tree, "boot"));
  const kernel = boot.find((name) => name.startsWith("vmlinuz-"));
  if (kernel === undefined) throw new LabError("The new image came out without a kernel.");
  await symlink(join("tree", "boot", kernel), join(dir, "vmlinuz"));
  await run("mke2fs", ["-q", "-t", "ext4", "-d", tree, join(dir, "root.img"), `${String(sizeMb)}M`]);
}

async function indexPackages(dir: string): Promise<void> {
  const script = `cd "$1"; apt-ftparchive packages pool >Packages; gzip -1k Packages
    apt-ftparchive release . >../Release; mv ../Release .`;
  await run("sh", ["-ec", script, "sh", dir]);
}
