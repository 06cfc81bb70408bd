/** The project's name, which is also the namespace of its config keys. */
export const PROJECT = "next-on-eks";

/** The annotation by which another stack in the same cluster sees whose an object is. */
export const OWNER = `${PROJECT}/stack`;
