const { createServer } = require("node:http");

switch (process.env.MODE) {
  case "crash":
    console.error("crash: a setting is missing");
    process.exit(1);
    break;
  case "hang":
    setInterval(() => undefined, 1000);
    break;
  case "unready":
    createServer((request, response) => {
      response.statusCode = 500;
      response.end("unready");
    }).listen(Number(process.env.PORT));
    break;
  default:
    throw new Error(`MODE '${process.env.MODE}' is refused: expected crash, hang or unready`);
}
