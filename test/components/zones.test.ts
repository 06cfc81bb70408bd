import * as assert from "node:assert/strict";
import { setCommand } from "../../config/commands";
import { checkZones } from "../../components/zones";
import { ZONES } from "../helpers/answers";

describe("checkZones", () => {
  it("takes the region's first zones", () => {
    assert.deepEqual(checkZones(2, undefined, ZONES), ["eu-west-1a", "eu-west-1b"]);
  });

  it("takes the zones that are named, in their order", () => {
    const wanted = ["eu-west-1c", "eu-west-1a"];
    assert.deepEqual(checkZones(2, wanted, ZONES), wanted);
  });

  it("refuses a zone that the region lacks", () => {
    assert.throws(() => checkZones(2, ["eu-west-1a", "eu-west-1f"], ZONES), {
      message:
        "next-on-eks:network.zones: the region has no zone 'eu-west-1f'; it has eu-west-1a, eu-west-1b, eu-west-1c.",
    });
  });

  it("refuses more zones than the region has", () => {
    assert.throws(() => checkZones(3, undefined, ["us-west-1a", "us-west-1c"]), {
      message:
        "next-on-eks:network.availabilityZones: 3 are asked for, and the region has us-west-1a, us-west-1c.\n" +
        `    ${setCommand("network.availabilityZones", "2")}`,
    });
  });
});
