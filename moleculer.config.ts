/** For Moleculer's own tools: the broker as the configuration makes it. */
import { brokerOptions } from '#config/broker.ts';
import { loadConfig } from '#config/load.ts';

export default brokerOptions(loadConfig());
