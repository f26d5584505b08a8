import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

/** What a browser may do with our pages: nothing but load our own files and talk to us. */
export const headers = (isHttps: boolean): MiddlewareHandler =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      connectSrc: ["'self'"],
      imgSrc: ["'self'"],
      styleSrc: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      requireTrustedTypesFor: ["'script'"],
      trustedTypes: ["lit-html"],
    },
    referrerPolicy: "no-referrer",
    xFrameOptions: "DENY",
    strictTransportSecurity: isHttps ? "max-age=31536000" : false,
    permissionsPolicy: { camera: false, geolocation: false, microphone: false },
  });

/** What browsers say of a request that our own page made, or a person by typing its address. */
const ownSites: ReadonlySet<string> = new Set(["same-origin", "none"]);

/**
 * Refuses what does not come from our own page. A name that somebody else let point at this machine (DNS rebinding) shows
 * in `Host`; a request that another site made shows in `Origin`, which every browser sends with a POST and with JSON no
 * form can be sent. `url` is where people find us.
 */
export const sameSite =
  (url: () => string): MiddlewareHandler =>
  async (context, next) => {
    const { origin, host } = new URL(url());
    const { req } = context;
    if (req.header("host") !== host)
      return context.text("This is not the address of this web console; the one that a link shows is.\n", 421);
    const reads = req.method === "GET" || req.method === "HEAD";
    const isJson = req.header("content-type")?.split(";", 1)[0] === "application/json";
    if (!reads && (req.header("origin") !== origin || !isJson)) {
      return context.text("This did not come from the page of this web console.\n", 403);
    }
    if (req.path.startsWith("/api/") && !ownSites.has(req.header("sec-fetch-site") ?? "none")) {
      return context.text("This was asked by another site.\n", 403);
    }
    return next();
  };
