/** What the stack, `pod/` and `runtime/` agree on. Why it stands in the package: docs/decisions/pod-contract.md. */
export {
  AGENT_PATHS,
  FOLDERS,
  PORTS,
  SCRIPTS,
  VARIABLES,
  type Variable,
} from "../runtime/src/contract/pod-contract.cjs";
