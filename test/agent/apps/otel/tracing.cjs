"use strict";
/**
 * OpenTelemetry as images preload it (`ENV NODE_OPTIONS="--require ./tracing.cjs"`): a span for each request, on
 * standard output, and a Prometheus exporter that opens a server of its own.
 */
const { PrometheusExporter } = require("@opentelemetry/exporter-prometheus");
const { registerInstrumentations } = require("@opentelemetry/instrumentation");
const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
const { MeterProvider } = require("@opentelemetry/sdk-metrics");
const {
  ConsoleSpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} = require("@opentelemetry/sdk-trace-node");

console.log(`otel: preloaded in process ${process.pid}`);
const tracerProvider = new NodeTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())],
});
tracerProvider.register();
const port = Number(process.env.OTEL_EXPORTER_PROMETHEUS_PORT) || 9464;
const meterProvider = new MeterProvider({ readers: [new PrometheusExporter({ port })] });
registerInstrumentations({
  tracerProvider,
  meterProvider,
  instrumentations: [new HttpInstrumentation()],
});
