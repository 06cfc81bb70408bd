import type { CommonConfig } from "../commonConfig";
import { backOrAnotherStack, either, setCommand as set } from "../messages/commands";
import { NONE, type ChangeRule } from "./rule";

/** Rules that all platforms have. */
export const common: readonly ChangeRule<CommonConfig>[] = [
  {
    key: "platform",
    kind: "refused",
    change: "`aws` to `existing`, or back",
    fact: ({ platform }) => platform,
    check: (old, now) => ({
      message: `'${old}' cannot become '${now}': the whole stack would be created again elsewhere and deleted here, with uploads and sessions.`,
      remedy: backOrAnotherStack(set("platform", old)),
    }),
  },
  {
    key: "cluster.namespace",
    kind: "refused",
    change: "another namespace",
    fact: ({ cluster }) => cluster.namespace,
    check: (old, now) => ({
      message: `'${old}' cannot become '${now}': the volume of the uploads is bound to its claim in '${old}', and claims do not move.`,
      remedy: backOrAnotherStack(set("cluster.namespace", old)),
    }),
  },
  {
    key: "cache.store",
    kind: "asked",
    change: "`redis` to `files`",
    fact: ({ cache }) => cache.store,
    check: (_, now) =>
      now === "files"
        ? {
            message:
              "'redis' becomes 'files': Redis is deleted with everything in it, and visitors whose session is in it are logged out.",
            remedy: set("cache.store", "redis"),
          }
        : undefined,
  },
  {
    key: "app.host",
    kind: "warned",
    change: "a host is no longer served (`app.host`, `ingress.extraHosts`)",
    fact: ({ app, ingress }) => [app.host, ...ingress.extraHosts].join(" "),
    check: (old, now) => {
      const gone = old.split(" ").filter((host) => !now.split(" ").includes(host));
      return gone.length === 0
        ? undefined
        : {
            message: `visitors of ${gone.map((host) => `'${host}'`).join(" and ")} get 404 from now on; ingress.extraHosts keeps a host.`,
          };
    },
  },
  {
    key: "ingress.install",
    kind: "asked",
    change: "`true` to `false`",
    fact: ({ ingress }) => String(ingress.install),
    check: (_, now) =>
      now === "false"
        ? {
            message:
              "the controller is deleted with its load balancer: visitors cannot reach the site until DNS points to another controller that serves the class.",
            remedy: set("ingress.install", "true"),
          }
        : undefined,
  },
  {
    key: "ingress.namespace",
    kind: "refused",
    change: "another namespace, with `ingress.install`",
    fact: ({ ingress }) => (ingress.install ? ingress.namespace : undefined),
    check: (old, now) => ({
      message: `'${old}' cannot become '${now}': Helm does not hand over the IngressClass of a release in another namespace, and pulumi up would fail.`,
      remedy: either(
        set("ingress.namespace", old),
        `in two steps, with the site down in between; the first is\n${set("ingress.install", "false")}`,
      ),
    }),
  },
  {
    key: "ingress.className",
    kind: "asked",
    change: "another class",
    fact: ({ ingress }) => ingress.className,
    check: (old, now) => ({
      message: `'${old}' becomes '${now}': visitors get 404 until the Ingress has the new class, and after that unless DNS points to the controller that serves it.`,
      remedy: set("ingress.className", old),
    }),
  },
  {
    key: "ingress.tls",
    kind: "asked",
    change: "HTTPS ends (no `ingress.tls`, no `ingress.zone`)",
    fact: tlsOf,
    check: (_, now) =>
      now === NONE
        ? {
            message: "the site is no longer served by HTTPS: https:// does not answer.",
            remedy: set("ingress.tls.secretName", "SECRET"),
          }
        : undefined,
  },
];

function tlsOf({ ingress }: CommonConfig): string {
  if (ingress.tls?.certificateArn !== undefined) return "certificate";
  if (ingress.tls?.secretName !== undefined) return "secret";
  return ingress.zone === undefined ? NONE : "certificate";
}
