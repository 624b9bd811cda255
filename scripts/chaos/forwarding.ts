/** The process of a proxy in a network namespace: told its ways by arguments, cut and mended by messages. */
import { openLink } from '#test/cluster/cuttable-link.ts';

const [host = '', port = '', listen = ''] = process.argv.slice(2);
// A Ctrl-C is for the one who runs it.
process.on('SIGINT', () => {});
process.once('disconnect', () => process.exit(0));
const link = await openLink({ host, port: Number(port) }, listen);
process.on('message', async (message: 'cut' | 'mend') => {
  await link[message]();
  process.send?.(link.port);
});
process.send?.(link.port);
