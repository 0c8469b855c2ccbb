// SPDX-License-Identifier: MIT
#include "api/engine_control.h"

// The interface's meta-object is compiled here.
