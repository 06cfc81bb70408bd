import "../cli/startup";
import { explain } from "../cli/explain";
import { run } from "./commands";
import { execute } from "./command";
import { network } from "./network";

execute(process.argv.slice(2), { run, network: network(), now: new Date(), env: process.env }).then(
  (told) => console.log(told),
  (error: unknown) => {
    console.error(explain(error, false));
    process.exitCode = 1;
  },
);
