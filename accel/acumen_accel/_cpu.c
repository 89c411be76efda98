/* What the processor offers and what the build made; answers without running any instruction that may be missing. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#if defined(__x86_64__)
#define FLAG(name) {name, __builtin_cpu_supports(name)}
#endif

typedef struct {
    const char *name;
    int present;
} Flag;

static PyObject *present(const Flag *flags, size_t count) {
    PyObject *names = PyList_New(0);
    for (size_t i = 0; names && i < count; i++) {
        if (!flags[i].present) continue;
        PyObject *name = PyUnicode_FromString(flags[i].name);
        if (!name || PyList_Append(names, name)) Py_CLEAR(names);
        Py_XDECREF(name);
    }
    if (!names) return NULL;
    PyObject *result = PyList_AsTuple(names);
    Py_DECREF(names);
    return result;
}

static PyObject *supported_levels(PyObject *self, PyObject *unused) {
#if defined(__x86_64__)
    const Flag levels[] = {{"v2", __builtin_cpu_supports("x86-64-v2")},
                           {"v3", __builtin_cpu_supports("x86-64-v3")},
                           {"v4", __builtin_cpu_supports("x86-64-v4")}};
    return present(levels, 3);
#else
    const Flag levels[] = {{"generic", 1}};
    return present(levels, 1);
#endif
}

static PyObject *flags(PyObject *self, PyObject *unused) {
#if defined(__x86_64__)
    const Flag all[] = {FLAG("popcnt"),   FLAG("avx"),      FLAG("avx2"),       FLAG("fma"),       FLAG("avx512f"),
                        FLAG("avx512bw"), FLAG("avx512vl"), FLAG("avx512vnni"), FLAG("avx512vpopcntdq")};
    return present(all, sizeof all / sizeof *all);
#else
    return present(NULL, 0);
#endif
}

static PyMethodDef methods[] = {
    {"supported_levels", supported_levels, METH_NOARGS, "Return the levels this processor can run, lowest first."},
    {"flags", flags, METH_NOARGS, "Return the instruction sets of interest that this processor has."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_cpu", NULL, 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__cpu(void) {
    PyObject *self = PyModule_Create(&module);
    if (self && (PyModule_AddStringConstant(self, "COMPILER", COMPILER) ||
                 PyModule_AddStringConstant(self, "PYTHRAN", PYTHRAN) ||
                 PyModule_AddStringConstant(self, "BUILT", LEVELS)))
        Py_CLEAR(self);
    return self;
}
