/** One line of the log: facts as fields, then a static message. No number, name or secret in either. */
export type LogLine = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** Where log lines go; a pino logger is one. */
export interface Logger {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
}
