// SPDX-License-Identifier: MIT
#pragma once

#include "api/snapshot.h"
#include "ui/models/backend_switches.h"

#include <QVariant>

// What the cells of the backends' list say.

namespace reverxy::ui {

struct BackendColumn {
    enum : int { Name, State, Address, Weight, InFlight, Rate, Errors, P50, P95, Probes, Columns };
};

/// The answer to `role`, Qt's own or a CellRole, in a pool's row; invalid where there is none.
QVariant poolCell(const api::PoolSnapshot& pool, int column, int role);

/// The same in a backend's row. `wanted` is what the user asked of it, `now` the time of the snapshot.
QVariant backendCell(const api::BackendSnapshot& backend, const BackendSwitches::State& wanted,
                     const QDateTime& now, int column, int role);

QVariant backendHeaderCell(int section, int role);

} // namespace reverxy::ui
