export { FaultProxy, type Fault } from './fault-proxy.js';
