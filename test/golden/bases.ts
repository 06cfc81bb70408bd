import { stringify } from "yaml";
import { parseStackConfig, readStackConfig, type StackConfig } from "../../cli/stackConfig";
import { siteConfig } from "../../sites/siteConfig";
import { changed, configOf, ROOT, stackFixture, type Groups } from "../helpers/configs";
import type { Base, Values } from "./scenario";

/** What the stacks for tests get before a scenario begins: values that the real program accepts. */
export const ZONE = "shop-of-tests.org";
export const IMAGES = ["1", "2"].map(
  (digit) => `registry.${ZONE}/shop@sha256:${digit.repeat(64)}`,
) as [string, string];

const BOTH: Values = { "cluster.publicAccessCidrs": ["5.6.7.0/24"] };

export const BASES: Readonly<Record<Base, Values>> = {
  dev: { ...BOTH, "app.host": `dev.shop.${ZONE}` },
  prod: {
    ...BOTH,
    "app.image": IMAGES[0],
    "app.host": `shop.${ZONE}`,
    "ingress.zone": ZONE,
    "cluster.adminRoleArns": ["arn:aws:iam::210987654321:role/platform"],
  },
  local: {},
  "pr-12": {},
};

/** Secrets of each base, by path: what stands in the file is no value. */
export const SECRETS: Readonly<Record<Base, readonly string[]>> = {
  dev: ["app.secretEnv.SESSION_SECRET", "app.build.secrets.server_actions_key"],
  prod: ["app.secretEnv.SESSION_SECRET"],
  local: ["app.secretEnv.SESSION_SECRET"],
  "pr-12": ["app.secretEnv.SESSION_SECRET"],
};

function groupsOf(base: Base): Groups {
  if (base !== "pr-12") return configOf(base);
  return siteConfig(readStackConfig(ROOT, "local", stackFixture("local")), {
    pullRequest: 12,
    until: new Date("2026-12-08T10:00:00Z"),
    context: "kind",
  }).config;
}

/** @param secrets ciphertexts by path */
export function configWith(
  base: Base,
  values: Values,
  secrets: Readonly<Record<string, string>>,
  before?: StackConfig["ciphertexts"],
): StackConfig {
  const secure = Object.entries(secrets).map(([path, text]) => [path, { secure: text }]);
  const changes = { ...BASES[base], ...(Object.fromEntries(secure) as Values), ...values };
  const groups: Groups = changed(groupsOf(base), full(changes));
  return parseStackConfig(base, `Pulumi.${base}.yaml`, stringify({ config: groups }), before);
}

function full(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([path, value]) => [
      path.includes(":") ? path : `next-on-eks:${path}`,
      value,
    ]),
  );
}
