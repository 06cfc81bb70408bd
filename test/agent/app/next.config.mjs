export default {
  output: "standalone",
  outputFileTracingRoot: import.meta.dirname,
  deploymentId: process.env.FIXTURE_DEPLOYMENT_ID,
};
