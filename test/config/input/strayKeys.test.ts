import * as assert from "node:assert/strict";
import { aws, changed, existing, load } from "../../helpers/configs";
import { failureOf } from "../../helpers/recording";
import { refuses, rm, set, told, type RuleCase } from "../../helpers/refusals";

const DOTTED = "is a key with dots in its name, which nothing reads: --path is missing";
const rmTopLevel = (key: string) => `pulumi config rm --stack test 'next-on-eks:${key}'`;
const IMAGE = `registry.test/shop@sha256:${"1".repeat(64)}`;

const withoutPath: RuleCase[] = [
  [
    "where nothing else sets the key: the value goes where it was meant",
    { "app.replicas": undefined },
    told(
      "app.replicas.min",
      `${DOTTED}.`,
      `${set("app.replicas.min", "3")} && ${rmTopLevel("app.replicas.min")}`,
    ),
    { others: { "next-on-eks:app.replicas.min": 3 } },
  ],
  [
    "where another value counts: that one stays, unless the reader says otherwise",
    {},
    told(
      "app.image",
      `${DOTTED}. The value in use is app.image below app, which is set too.`,
      `${rmTopLevel("app.image")}\nor, to keep this value instead:\n${set("app.image", IMAGE)} && ${rmTopLevel("app.image")}`,
    ),
    { others: { "next-on-eks:app.image": IMAGE } },
  ],
  [
    "of a list's item",
    {},
    told(
      "cluster.publicAccessCidrs[0]",
      `${DOTTED}.`,
      `${set("cluster.publicAccessCidrs[0]", "8.8.8.8/32")} && ${rmTopLevel("cluster.publicAccessCidrs[0]")}`,
    ),
    { others: { "next-on-eks:cluster.publicAccessCidrs[0]": "8.8.8.8/32" } },
  ],
  [
    "of a secret, which stays one and is never shown",
    {},
    told(
      "app.secretEnv.TOKEN",
      `${DOTTED}.`,
      `pulumi config set --stack test --secret --path 'next-on-eks:app.secretEnv.TOKEN' "$(pulumi config get --stack test 'next-on-eks:app.secretEnv.TOKEN')" && ${rmTopLevel("app.secretEnv.TOKEN")}`,
    ),
    { others: { "next-on-eks:app.secretEnv.TOKEN": "hush" } },
  ],
  [
    "of a variable that was encrypted though it need not be",
    {},
    told(
      "app.env.TOKEN",
      `${DOTTED}.`,
      `pulumi config set --stack test --secret --path 'next-on-eks:app.env.TOKEN' "$(pulumi config get --stack test 'next-on-eks:app.env.TOKEN')" && ${rmTopLevel("app.env.TOKEN")}`,
    ),
    { others: { "next-on-eks:app.env.TOKEN": "hush" }, secret: ["app.env.TOKEN"] },
  ],
  [
    "of a key that there is none of",
    {},
    told("app.colour", `${DOTTED}, and there is no such key.`, rmTopLevel("app.colour")),
    { others: { "next-on-eks:app.colour": "red" } },
  ],
];

const misplaced: RuleCase[] = [
  [
    "a host at the top",
    { "app.host": undefined, host: "shop.test" },
    `${told(
      "host",
      "there is no such key; did you mean app.host?",
      `${set("app.host", "shop.test")} && ${rm("host")}`,
    )}\n${told("app.host", "is missing.", set("app.host", "shop.example.com"))}`,
  ],
  [
    "a setting of another group",
    { "app.maxBodySize": "50m" },
    told(
      "app.maxBodySize",
      "there is no such key; did you mean ingress.maxBodySize?",
      `${set("ingress.maxBodySize", "50m")} && ${rm("app.maxBodySize")}`,
    ),
  ],
  [
    "a mistyped key beside the right one",
    { "app.replicas": { min: 2, mni: 4 } },
    told(
      "app.replicas.mni",
      "there is no such key; did you mean app.replicas.min, which is set too?",
      `${rm("app.replicas.mni")}\nnext-on-eks:app.replicas.min stays as it is`,
    ),
  ],
];

describe("keys that were set without --path", () => {
  refuses(aws, withoutPath);
});

describe("keys in the wrong place", () => {
  refuses(aws, misplaced.slice(1));

  it("name the place: a host at the top", async () => {
    const [, changes, message] = misplaced[0] as RuleCase;
    assert.equal(
      await failureOf(load(changed(aws, changes))),
      `The config of stack 'test' has 2 problems:\n${message}`,
    );
  });

  it("name no place of the other platform", async () => {
    const message = await failureOf(load(changed(existing, { "app.natGateways": "one" })));
    assert.match(message, /app\.natGateways: there is no such key; app knows/);
  });

  it("are never shown where their group holds a secret", async () => {
    const message = await failureOf(
      load(changed(aws, { "app.maxBodySize": "hush" }), { secret: ["app"] }),
    );
    assert.doesNotMatch(message, /hush/);
  });
});
