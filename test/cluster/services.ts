/** The services that tests of the cluster need. They are started by hand or by .ci/run, never by a test. */

/** Where MongoDB answers. Throws where nobody said so: a test of the cluster is never skipped in silence. */
export function mongodbUrl(): string {
  return urlIn('CALLBOARD_TEST_MONGODB_URL');
}

/** Where NATS answers. Throws where nobody said so. */
export function natsUrl(): string {
  return urlIn('CALLBOARD_TEST_NATS_URL');
}

/** A name for a database that no other test uses; whoever takes it drops it. */
export function freshDatabase(): string {
  return `callboard_test_${process.pid}_${Date.now().toString(36)}_${Math.random().toString(36).slice(2, 8)}`;
}

function urlIn(variable: string): string {
  const url = process.env[variable];
  if (!url) {
    throw new Error(
      `${variable} is not set: start the services by npm run services -- up, and these tests by npm run test:cluster.`,
    );
  }
  return url;
}
