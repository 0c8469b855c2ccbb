// SPDX-License-Identifier: MIT
#pragma once

#include "api/snapshot.h"
#include "ui/models/backend_switches.h"
#include "ui/models/mark.h"

#include <QList>

namespace reverxy::ui {

/// How something stands, in a few words for the list and in whole sentences for the tooltip.
struct Standing {
    Mark mark = Mark::None;
    QString text;
    QString tooltip;
    bool muted = false;
    bool alarm = false;
};

/// What is to be said of a backend: what the operator is doing to it first, then what was observed.
Standing standingOf(const api::BackendSnapshot& backend, const BackendSwitches::State& wanted,
                    const QDateTime& now);

/// The same of a pool: how many of its backends take part.
Standing standingOf(const api::PoolSnapshot& pool);

/// One probe, for the small signs in a row.
struct ProbeMark {
    bool passed = false;
    QString tooltip;
    bool operator==(const ProbeMark&) const = default;
};

/// Oldest first, at most ten.
QList<ProbeMark> probeMarks(const std::vector<api::ProbeResult>& probes);

} // namespace reverxy::ui

Q_DECLARE_METATYPE(QList<reverxy::ui::ProbeMark>)
