import { setCommand as set } from "../problems";
import type { ChangeRule } from "./rule";

const NEW_STACK = "pulumi stack init NAME, for another stack beside this one";

/** What both platforms have. */
export const common: readonly ChangeRule[] = [
  {
    key: "platform",
    kind: "refused",
    change: "the other platform",
    fact: ({ platform }) => platform,
    check: (old, now) => ({
      message: `'${old}' cannot become '${now}': everything of the stack would be made anew elsewhere and deleted here, uploads and Redis too.`,
      remedy: `${set("platform", old)} (or ${NEW_STACK})`,
    }),
  },
];
