export { standalone } from './service.js';
export { StandaloneModule } from './standalone.module.js';
