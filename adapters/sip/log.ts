/** What the adapter needs of a logger; pino's fits. Messages are static, facts are fields, and no field holds a number. */
export interface SipLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
