# stub
import types as _types
numpy = _types.ModuleType('numpy')
