import "./loading";

/*
 * Most of a preview's time goes into loading modules. This and ./loading halve it, and are imported before anything else.
 */

if (!process.argv.includes("--trace")) leaveOutTraces();

/** With source maps on, Node reads the map of every file; and the SDK takes the stack of every promise that it makes. */
function leaveOutTraces(): void {
  process.setSourceMapsEnabled(false);
  // tsx looks at the three innermost.
  Error.stackTraceLimit = 3;
}
