import type { SectionOf } from "../../review/extraSections";
import { costSection } from "./cost";
import { rulesSection } from "./rules";

/** What is said of each stack beside what differs, in the order in which it is printed. */
export const SECTIONS_OF: readonly SectionOf[] = [rulesSection, costSection];
