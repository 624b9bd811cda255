/** tail. */
import { actorNamed, completeActor, type OperatorCommand } from './command.ts';

/** So many commits of the past come first. */
const pastCommits = 5;

export const tail: OperatorCommand = {
  usage: 'tail <ref|stop>',
  description: 'Print the events of kind/id as they are committed, until Ctrl-C or tail stop.',
  async complete(desk, before, last) {
    return before.length === 0 ? ['stop', ...(await completeActor(desk, last))] : [];
  },
  async run(desk, args) {
    const typed = args['ref|stop'];
    if (typed === 'stop') {
      const name = desk.tailing.stop();
      desk.print(name === undefined ? 'Nothing is followed.' : `${name} is not followed any more.`);
      return;
    }
    const ref = actorNamed(desk, typed);
    if (!ref) return;
    const { version } = await desk.fleet.inspect(ref);
    if (version === 0) desk.print(`The journal has nothing of ${ref.kind}/${ref.id} yet: what comes is printed.`);
    desk.tailing.start(ref, Math.max(0, version - pastCommits));
  },
};
