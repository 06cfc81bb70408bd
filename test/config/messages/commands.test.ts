import * as assert from "node:assert/strict";
import { backOrAnotherStack, setCommand } from "../../../config/messages/commands";
import { orAnotherStack, set } from "../../helpers/refusals";
import { record } from "../../helpers/recording";

async function remedyOf(stack: string): Promise<string> {
  const program = () => ({
    remedy: backOrAnotherStack(setCommand("network.cidr", "10.20.0.0/16")),
  });
  return (await record(program, { stack })).outputs.remedy as string;
}

describe("the way to another stack", () => {
  const production =
    "if the copy is for production, say so, because its name does not (this also sets protect):\n" +
    "pulumi config set --stack NAME --path 'next-on-eks:production' true\n";

  it("makes the copy first and gives it a host of its own, before the way back", async () => {
    assert.equal(await remedyOf("test"), orAnotherStack(set("network.cidr", "10.20.0.0/16")));
  });

  for (const stack of ["prod", "production"]) {
    it(`keeps the rules for production, which follow the name ${stack}`, async () => {
      const expected = orAnotherStack(set("network.cidr", "10.20.0.0/16"))
        .replaceAll(/(--stack|--copy-config-from) test/g, `$1 ${stack}`)
        .replace("then, or", `${production}then, or`);
      assert.equal(await remedyOf(stack), expected);
    });
  }

  it("control: another name holds nobody to them", async () => {
    assert.doesNotMatch(await remedyOf("product"), /production/);
  });
});
