/** The project's name, which is also the namespace of its config keys. */
export const PROJECT = "next-on-eks";

/** The annotation that shows other stacks in the cluster who owns an object. */
export const OWNER = `${PROJECT}/stack`;
