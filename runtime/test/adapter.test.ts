import assert from "node:assert/strict";
import adapter from "../src/adapter";
import type { ConfigContext } from "../src/config";
import { removeFolder, temporaryFolder } from "./lib/processes";

describe("the build adapter", () => {
  const base = temporaryFolder("units");
  after(() => removeFolder(base));

  it("a version that it does not fit is named, with what to do instead", () => {
    const given = (nextVersion: string): ConfigContext => ({
      phase: "phase-production-build",
      nextVersion,
      projectDir: base,
    });
    const turbopack = process.env.TURBOPACK;
    delete process.env.TURBOPACK;
    try {
      for (const version of ["15.5.29", "16.0.11", "16.1.7"]) {
        assert.throws(
          () => adapter.modifyConfig({}, given(version)),
          new RegExp(`Next.js ${version} is too old.*take NEXT_ADAPTER_PATH out.*withSharedCache`),
        );
      }
      adapter.modifyConfig({}, given("16.3.4"));
      process.env.TURBOPACK = "1";
      assert.throws(
        () => adapter.modifyConfig({}, given("16.3.4")),
        /16\.3\.4 cannot build .* update Next\.js to 16\.3\.5 or newer; or build with `next build --webpack`/,
      );
      adapter.modifyConfig({}, { ...given("16.3.4"), phase: "phase-development-server" });
      for (const version of ["16.2.0", "16.3.5", "16.4.6"])
        adapter.modifyConfig({}, given(version));
    } finally {
      if (turbopack === undefined) delete process.env.TURBOPACK;
      else process.env.TURBOPACK = turbopack;
    }
  });
});
