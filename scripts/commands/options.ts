/** What every command of the command line is given. */
export interface CommonOptions {
  readonly data?: string;
  readonly config?: string;
}
