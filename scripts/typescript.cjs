// Loads TypeScript files directly; use it with `node --require`. Says what is missing in a fresh clone.
try {
  require("tsx/cjs");
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
  console.error("The dependencies are not installed: run npm ci first.");
  process.exit(1);
}
