// Stands in for libnvinfer, libnvinfer_plugin and libnvonnxparser: what `import tensorrt_bindings` needs to load.
// Compiled three times, each with one of the names below defined. Nothing can be made with it: every factory says no.
#define FACTORY(name, ...)                                                               \
    extern "C" __attribute__((visibility("default"))) void *name(__VA_ARGS__) { return nullptr; }

#if defined NVINFER
FACTORY(createInferBuilder_INTERNAL, void *, int)
FACTORY(createInferRefitter_INTERNAL, void *, void *, int)
FACTORY(createInferRuntime_INTERNAL, void *, int)
FACTORY(getBuilderPluginRegistry, int)
FACTORY(getPluginRegistry)
#elif defined NVINFER_PLUGIN
FACTORY(initLibNvInferPlugins, void *, const char *)
#elif defined NVONNXPARSER
FACTORY(createNvOnnxParser_INTERNAL, void *, void *, int)
FACTORY(createNvOnnxParserRefitter_INTERNAL, void *, void *, int)
FACTORY(getNvOnnxParserVersion)
#endif
