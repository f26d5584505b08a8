import { OpsError } from "../core/errors.ts";
import type { Door } from "./door.ts";

/** The pinned key does not match, or there is none: never connect. */
export function hostKeyChanged(door: Door, got: string | undefined): OpsError {
  const where = `${door.host} port ${door.port}`;
  const message =
    door.hostKey.trim() === ""
      ? `No host key is known for ${door.node}, so ${where} cannot be told from an impostor.`
      : got === undefined
        ? `${where} no longer offers a host key of the kind that is pinned for ${door.node}.`
        : `${where} answers with another host key than the one that is pinned for ${door.node} (got ${got}).`;
  return new OpsError({
    code: "host_key_changed",
    node: door.node,
    message,
    state: "Nothing was sent to it.",
    hint: "If the machine was rebuilt or replaced on purpose, put its new key into the inventory; if not, someone may be in between: do not go on.",
  });
}

/** The node knows our key not, or not for this user. */
export function accessDenied(door: Door, cause: unknown): OpsError {
  return new OpsError({
    code: "ssh_denied",
    node: door.node,
    message: `${door.host} port ${door.port} does not let ${door.user} in with Nonet's SSH key.`,
    hint: `Check that the public key stands in the node's authorized_keys of ${door.user} and that sshd permits it.`,
    cause,
  });
}

/** Our own private key cannot be read. */
export function keyUnreadable(door: Door, cause: unknown): OpsError {
  return new OpsError({
    code: "ssh_key_unreadable",
    node: door.node,
    message: "Nonet's own SSH private key cannot be read.",
    hint: "It must be an unencrypted key in OpenSSH or PEM format.",
    // The cause is left out: a parser's message could quote the key.
    ...(cause instanceof TypeError ? { cause } : {}),
  });
}

/** Nobody answered in time, or what answered broke off; trying again may help. */
export function unreachable(door: Door, cause: unknown): OpsError {
  const reason = cause instanceof Error && cause.message !== "" ? cause.message : "no answer";
  return new OpsError({
    code: "unreachable",
    node: door.node,
    message: `${door.host} port ${door.port} cannot be reached over SSH: ${reason}.`,
    hint: "Check that the machine runs and that its firewall lets Nonet in.",
    cause,
  });
}

/** Somebody cancelled. */
export function cancelled(node: string, state: string): OpsError {
  return new OpsError({ code: "cancelled", node, message: "It was cancelled.", state });
}
