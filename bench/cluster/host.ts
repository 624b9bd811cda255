/** The other process of `npm run bench -- cluster`: hosts the actor on a bus with each serializer until it is killed. */
import { busBroker, busRuntime, serializers } from './echo.ts';

const port = Number(process.argv[2]);
for (const name of serializers) {
  const broker = busBroker('host', port, name);
  await broker.start();
  await busRuntime(broker).start();
}
process.stdout.write('ready\n');
