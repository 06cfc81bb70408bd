import "../cli/startup";
import { UsageError } from "../cli/stackConfig";
import { execute } from "./command";

const [verb = "release", ...args] = process.argv.slice(2);

execute(verb, args).then(
  (told) => console.log(told),
  (error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  },
);
