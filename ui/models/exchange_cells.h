// SPDX-License-Identifier: MIT
#pragma once

#include "api/exchange.h"
#include "ui/models/mark.h"

#include <QVariant>

// What the cells of the exchanges' list say.

namespace reverxy::ui {

struct ExchangeColumn {
    enum : int { Time, Method, Target, Status, Outcome, Backend, Duration, Size, Columns };
};

/// The answer to `role`, Qt's own or a CellRole; invalid where there is none. `lost`: it no longer runs, and the
/// record of how it ended was left out.
QVariant exchangeCell(const api::Exchange& exchange, bool lost, int column, int role);

QVariant exchangeHeaderCell(int column, int role);

/// How it ended, or where it is in its life while it runs.
QString outcomeText(const api::Exchange& exchange, bool lost);
Mark outcomeMark(const api::Exchange& exchange, bool lost);

/// Failed by fault of a backend or of the proxy.
bool isAlarming(const api::Exchange& exchange);

/// What the client asked for: host and target as one address without a scheme.
QString requestedAddress(const api::Exchange& exchange);

} // namespace reverxy::ui
