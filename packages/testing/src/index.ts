export { ApiClient, type ApiAnswer } from './api-client.js';
export { Fediverse, startFediverse } from './fediverse.js';
export { unsettled } from './settled.js';
export { SplitServer } from './split-server.js';
export { type TestPerson } from './test-person.js';
export { startTestServer, TestServer, type TestServerOptions } from './test-server.js';
export { createTestDatabase, freePort, testServices, type TestDatabase, type TestServices } from './test-services.js';
export { until } from './until.js';
