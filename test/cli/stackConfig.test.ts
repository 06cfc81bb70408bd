import * as assert from "node:assert/strict";
import { join } from "node:path";
import { SECRET_PLACEHOLDER } from "../../config/schema/secrets";
import {
  parseStackConfig,
  projectStacksIn,
  readStackConfig,
  stacksIn,
  UsageError,
} from "../../cli/stackConfig";
import { ROOT, Scratch, STACKS } from "../preview/helpers";

const parse = (text: string) => parseStackConfig("test", "Pulumi.test.yaml", text);

function refusal(action: () => unknown, lines = 1): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    assert.equal(error.message.split("\n").length, lines, "more lines");
    return error.message;
  }
  throw new assert.AssertionError({ message: "was accepted" });
}

describe("preview: the config of a stack", () => {
  it("hands over strings as they are, all else as JSON", () => {
    const { config } = parse(`config:
  aws:region: eu-west-1
  next-on-eks:protect: true
  next-on-eks:app: { replicas: { min: 2 }, imagePullSecrets: [one] }
  next-on-eks:config:platform: aws`);
    assert.deepEqual(config, {
      "aws:region": "eu-west-1",
      "next-on-eks:protect": "true",
      "next-on-eks:app": '{"replicas":{"min":2},"imagePullSecrets":["one"]}',
      "next-on-eks:platform": "aws",
    });
  });

  it("replaces encrypted values at any depth, and marks their keys", () => {
    const { config, secretKeys } = parse(`encryptionsalt: v1:salt
config:
  next-on-eks:one: { secure: v1:AAA }
  next-on-eks:two: { list: [{ secure: v1:BBB }], map: { deep: { secure: v1:CCC } }, plain: 1 }
  next-on-eks:three: { secure: v1:kept, beside: another key }`);
    assert.deepEqual(config, {
      "next-on-eks:one": SECRET_PLACEHOLDER,
      "next-on-eks:two": JSON.stringify({
        list: [SECRET_PLACEHOLDER],
        map: { deep: SECRET_PLACEHOLDER },
        plain: 1,
      }),
      "next-on-eks:three": JSON.stringify({ secure: "v1:kept", beside: "another key" }),
    });
    assert.deepEqual(secretKeys, ["next-on-eks:one", "next-on-eks:two"]);
  });

  it("gives a value that was encrypted in another way another placeholder", () => {
    const text = (a: string, b: string) =>
      `config:\n  p:app: { a: { secure: v1:${a} }, list: [{ secure: v1:${b} }] }\n`;
    const { ciphertexts } = parseStackConfig("dev", "file", text("1", "2"));
    const valueOf = (a: string, b: string) =>
      parseStackConfig("dev", "file", text(a, b), ciphertexts).config["p:app"];
    assert.equal(valueOf("1", "2"), '{"a":"[secret]","list":["[secret]"]}');
    assert.equal(valueOf("1", "3"), '{"a":"[secret]","list":["[another secret]"]}');
    // What is new has nothing to differ from.
    assert.match(
      parseStackConfig("dev", "file", text("1", "2"), {}).config["p:app"] ?? "",
      /"\[secret\]"/,
    );
  });

  it("takes a file with an empty config, and names what one without it lacks", () => {
    assert.deepEqual(parse("config:").config, {});
    for (const text of ["", "encryptionsalt: v1:salt", "next-on-eks:platform: aws"]) {
      assert.equal(
        refusal(() => parse(text), 2),
        "Pulumi.test.yaml has no key 'config'; start with aws or existing:\n  pulumi config set --stack test --path 'next-on-eks:platform' aws",
      );
    }
  });

  it("says that Pulumi ESC is not asked", () => {
    assert.deepEqual(parse("environment: [shared]\nconfig: {}").warnings, [
      "Pulumi.test.yaml: environment is from Pulumi ESC, which is not read offline.",
    ]);
    assert.deepEqual(parse("config: {}").warnings, []);
  });

  it("refuses in one line what is no config", () => {
    assert.match(
      refusal(() => parse("config: [1")),
      /^Pulumi\.test\.yaml: .*line 1/,
    );
    assert.match(
      refusal(() => parse("- 1")),
      /expected a map with the key 'config'/,
    );
    assert.match(
      refusal(() => parse("config: text")),
      /expected a map with the key 'config'/,
    );
    assert.match(
      refusal(() => parse("config: { region: x }")),
      /'region' is not a config key; expected NAMESPACE:NAME\.$/,
    );
    assert.match(
      refusal(() => parse("config: { files: { cacheSize: 5Gi } }")),
      /'files' is not a config key; expected NAMESPACE:NAME; did you mean next-on-eks:files\?$/,
    );
  });

  it("finds the file by the stack's name, and says which there are", () => {
    const folder = join(ROOT, "test", "stacks");
    for (const stack of STACKS) assert.equal(readStackConfig(folder, stack).stack, stack);
    const message = refusal(() => readStackConfig(ROOT, "nope"));
    assert.match(message, /^Pulumi\.nope\.yaml can't be read; stacks with a config here: \w/);
    assert.match(
      refusal(() => readStackConfig(ROOT, "../dev")),
      /is not the name of a stack/,
    );
  });

  it("reads another file on request", () => {
    const scratch = new Scratch();
    try {
      const file = scratch.write("other.yaml", "config: { aws:region: eu-north-1 }");
      assert.equal(readStackConfig(ROOT, "dev", file).config["aws:region"], "eu-north-1");
      assert.match(
        refusal(() => readStackConfig(ROOT, "dev", join(scratch.folder, "none.yaml"))),
        /^none\.yaml can't be read/,
      );
    } finally {
      scratch.remove();
    }
  });

  it("finds the stacks of a folder, those of the project, and no other files", () => {
    const scratch = new Scratch();
    try {
      for (const name of ["Pulumi", "Pulumi.dev", "Pulumi.dev copy", "Pulumi.pr-7", "Pulumi.pr-x"])
        scratch.write(`${name}.yaml`, "");
      assert.deepEqual(stacksIn(scratch.folder), ["dev", "pr-7", "pr-x"]);
      assert.deepEqual(projectStacksIn(scratch.folder), ["dev", "pr-x"]);
    } finally {
      scratch.remove();
    }
  });
});
