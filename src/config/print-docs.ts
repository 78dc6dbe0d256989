import { configDocs } from "./docs.ts";

process.stdout.write(configDocs());
