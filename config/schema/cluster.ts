import { about, label } from "./values";

/** The key of `cluster` that every platform has. */
export const namespace = about(label(), "Namespace of the application.", {
  example: "shop",
}).default("next-on-eks");
