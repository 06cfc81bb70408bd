import * as assert from "node:assert/strict";
import { editDistance, nearest } from "../../../config/messages/nearest";
import { aws, changed, load } from "../../helpers/configs";
import { failureOf } from "../../helpers/recording";
import { withTls } from "../../helpers/refusals";

const quiet = changed(aws, { ...withTls, "cluster.publicAccessCidrs": ["8.8.8.8/32"] });

describe("namespaces of config keys", () => {
  it("near the project's are refused, with all else that is wrong", async () => {
    const others = { "next-on-esk:protect": true, "next-on-ek:app": { host: "x" } };
    assert.equal(
      await failureOf(load(changed(quiet, { "app.port": 80 }), { others })),
      `The config of stack 'test' has 3 problems:
  next-on-esk:protect: nothing reads the namespace 'next-on-esk'; did you mean next-on-eks:protect?
    pulumi config set --stack test --path 'next-on-eks:protect' true && pulumi config rm --stack test --path 'next-on-esk:protect'
  next-on-ek:app: nothing reads the namespace 'next-on-ek'; did you mean next-on-eks:app, which is set too?
    pulumi config rm --stack test --path 'next-on-ek:app'
    next-on-eks:app stays as it is
  next-on-eks:app.port: 80 is refused: expected 1024 or more.
    pulumi config set --stack test --path 'next-on-eks:app.port' 3000`,
    );
  });

  it("near the project's, with dots in the name: neither a value that is right nor a secret comes to harm", async () => {
    const others = {
      "next-on-ek:app.host": "other.example.com",
      "next-on-ek:app.secretEnv.SESSION_SECRET": "in clear by mistake",
      "next-on-ek:app.port": 4000,
    };
    const cleared = changed(quiet, { "app.secretEnv": undefined, "app.port": undefined });
    const message = await failureOf(load(cleared, { others }));
    assert.doesNotMatch(message, /in clear by mistake/);
    for (const remedy of [
      `pulumi config rm --stack test 'next-on-ek:app.host'
    next-on-eks:app.host stays as it is`,
      `pulumi config set --stack test --secret --path 'next-on-eks:app.secretEnv.SESSION_SECRET' "$(pulumi config get --stack test 'next-on-ek:app.secretEnv.SESSION_SECRET')" && pulumi config rm --stack test 'next-on-ek:app.secretEnv.SESSION_SECRET'`,
      `pulumi config set --stack test --path 'next-on-eks:app.port' 4000 && pulumi config rm --stack test 'next-on-ek:app.port'`,
    ])
      assert.ok(message.includes(`\n    ${remedy}`), `${remedy}\nis not in\n${message}`);
    const { warnings } = await load(quiet, { others: { "gcp:a.b": "x" } });
    assert.match(warnings.join(), /\n {4}pulumi config rm --stack test 'gcp:a\.b'$/);
  });

  it("are named where the platform is missing for that reason", async () => {
    const message = await failureOf(load({}, { others: { "nxet-on-eks:platform": "aws" } }));
    assert.match(message, /did you mean next-on-eks:platform\?/);
    assert.match(message, /next-on-eks:platform: is missing/);
  });

  it("of nobody here are a warning", async () => {
    const { warnings } = await load(quiet, { others: { "gcp:project": "shop" } });
    assert.deepEqual(warnings, [
      "gcp:project: has no effect: nothing here reads the namespace 'gcp'.\n    pulumi config rm --stack test --path 'gcp:project'",
    ]);
  });

  it("of providers are nothing to talk about", async () => {
    const others = Object.fromEntries(
      ["aws:profile", "kubernetes:context", "pulumi:tags", "eks:x", "docker-build:host"].map(
        (key) => [key, "x"],
      ),
    );
    assert.deepEqual((await load(quiet, { others })).warnings, []);
  });
});

describe("near names", () => {
  it("count letters that are missing, wrong, too many or swapped", () => {
    const pairs: [string, string, number][] = [
      ["next-on-eks", "next-on-eks", 0],
      ["next-on-esk", "next-on-eks", 1],
      ["next-eks", "next-on-eks", 3],
      ["", "abc", 3],
      ["kitten", "sitting", 3],
    ];
    for (const [a, b, edits] of pairs) assert.equal(editDistance(a, b), edits, `${a} ${b}`);
  });

  it("are the nearest of those known, if any is near", () => {
    assert.equal(nearest("mni", ["max", "min"]), "min");
    assert.equal(nearest("hots", ["port", "host"]), "host");
    assert.equal(nearest("colour", ["cache", "cluster"]), undefined);
    assert.equal(nearest("ab", ["cd", "b"]), undefined);
  });
});
