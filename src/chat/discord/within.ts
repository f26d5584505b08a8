import { OpsError } from "../../core/errors.ts";

/** What comes within so many milliseconds. @throws OpsError `busy` when nothing does. */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const message = "Nonet is too busy to answer in time.";
  const timer = setTimeout(() => reject(new OpsError({ code: "busy", message, hint: "Try again." })), milliseconds);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
