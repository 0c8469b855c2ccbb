// SPDX-License-Identifier: MIT
#pragma once

#include "app/demo/demo_configuration.h"

#include <QString>
#include <QUrl>

namespace reverxy::demo {

/// What the demo says of itself: what runs on which ports, and what to try. `proxy` and `probe` are base URLs as
/// clients use them. Ends with an end of line. Pure; any thread.
QString introduction(const DemoPorts& ports, const QUrl& proxy, const QUrl& probe);

} // namespace reverxy::demo
