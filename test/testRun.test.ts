import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ROOT } from "./helpers/configs";
import { answers } from "./helpers/answers";
import { assertUniqueUrns, failureOf, record } from "./helpers/recording";

const mocha = (fixture: string, ...hooks: string[]) =>
  spawnSync(
    process.execPath,
    [
      join(ROOT, "node_modules", "mocha", "bin", "mocha.js"),
      "--no-config",
      ...["tsx/cjs", ...hooks].flatMap((file) => ["--require", file]),
      `test/fixtures/${fixture}`,
    ],
    { cwd: ROOT, encoding: "utf8", env: { ...process.env, TEST_PATIENCE_MS: "200" } },
  );

describe("the test run", () => {
  it("fails when a promise is rejected and nobody looks", () => {
    const { status, stdout } = mocha("rejection.ts", "test/helpers/rejections.ts");
    assert.notEqual(status, 0);
    assert.match(stdout, /1 passing/);
    assert.match(stdout, /leaves a rejected promise behind': Error: nobody looked at me/);
  });

  it("ends, fails and says so when a test leaves something open", () => {
    const { status, stdout, stderr } = mocha("left-open.ts", "test/helpers/ending.ts");
    assert.equal(status, 1);
    assert.match(stdout, /1 passing/);
    assert.match(stderr, /a test left something open \(.*Timeout/);
  });

  it("fails when a resource's input is rejected", async () => {
    const cidrBlock = () => pulumi.output(Promise.reject<string>(new Error("no such range")));
    const message = await failureOf(
      record(() => ({ vpc: new aws.ec2.Vpc("vpc", { cidrBlock: cidrBlock() }).urn })),
    );
    assert.match(message, /no such range/);
  });

  it("fails when an invoke is not answered", async () => {
    const message = await failureOf(
      record(() => ({ zone: aws.route53.getZoneOutput({ name: "example.com" }).zoneId }), {
        answers: { resource: answers.resource },
      }),
    );
    assert.match(message, /no answer is given for the invoke aws:route53\/getZone:getZone/);
  });

  it("fails when two resources have one URN", async () => {
    const message = await failureOf(
      record(() => {
        new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16" });
        new aws.ec2.Vpc("vpc", { cidrBlock: "10.1.0.0/16" });
        return {};
      }),
    );
    assert.match(message, /resources share a URN/);
    assert.doesNotThrow(() => assertUniqueUrns([{ urn: "a" }, { urn: "b" }]));
  });
});
