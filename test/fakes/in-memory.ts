import { existsSync } from "node:fs";
import { tmpdir } from "node:os";

/** Where files are that need to outlive processes only: what the kernel has of them a kill does not lose. */
export const inMemory = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
