// Loaded before a service (`node --import`): errors name lines of our sources. The maps of packages that are not ours stay on disk; they took 13 MB of each heap.
import * as nodeModule from 'node:module';

// Node before 22.14 knows all maps or none.
if (nodeModule.setSourceMapsSupport === undefined) process.setSourceMapsEnabled(true);
else nodeModule.setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
