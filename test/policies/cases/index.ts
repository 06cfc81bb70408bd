import type { Case } from "../helpers";
import { accessCases } from "./access";
import { dataCases } from "./data";
import { imageCases } from "./images";
import { podCases } from "./pods";

/** A plan that breaks each rule, or several. */
export const allCases: readonly Case[] = [...dataCases, ...accessCases, ...podCases, ...imageCases];
