/*
 * Creates the key with which Next.js encrypts what server actions close over. One key for the application, in all
 * environments and for all releases: a release refuses forms of a release with another key.
 *
 *   npm run --silent action-key            prints it
 *   npm run --silent action-key -- FILE    writes it to a new file that only its owner can read
 */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";

const [file, ...rest] = process.argv.slice(2);
const key = randomBytes(32).toString("base64");

if (rest.length > 0 || file?.startsWith("-")) {
  fail("usage: npm run --silent action-key [-- FILE]");
} else if (file === undefined) {
  process.stdout.write(`${key}\n`);
} else {
  try {
    // Never overwrites an existing key: open pages were made with it.
    writeFileSync(file, key, { flag: "wx", mode: 0o600 });
    process.stderr.write(
      `${file}: keep it in CI's secret store, and give it to each build: ` +
        `docker build --secret id=server_actions_key,src=${file} …\n`,
    );
  } catch (error) {
    fail(
      error.code === "EEXIST"
        ? `${file} is there already; a new key would make forms of all earlier builds fail. ` +
            `If nobody uses it, remove the file first.`
        : `${file} cannot be written: ${error.message}`,
    );
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
