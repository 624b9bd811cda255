/** From the text of a scenario file to a scenario, or one sentence that says what to mend and where. */
import { parseDocument } from 'yaml';
import { FatalError } from '#ports/errors.ts';
import { problemOf } from './problem.ts';
import { type Scenario, scenarioSchema } from './scenario.ts';

/**
 * Reads YAML 1.2.
 * @throws SCENARIO_INVALID with every problem and its path, `file` is only named.
 */
export function readScenario(text: string, file: string): Scenario {
  const document = parseDocument(text);
  const [broken] = document.errors;
  if (broken) {
    const line = broken.linePos?.[0].line;
    const where = line === undefined ? '' : ` at line ${line}`;
    throw new FatalError('SCENARIO_INVALID', `The scenario ${file} is not YAML${where}: mend its syntax.`);
  }
  const parsed = scenarioSchema.safeParse(document.toJS(), { error: problemOf });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
  throw new FatalError('SCENARIO_INVALID', `The scenario ${file} is not usable; mend ${problems.join('; ')}.`);
}
