// SPDX-License-Identifier: MIT
#pragma once

#include "ui/plots/time_plot.h"

namespace reverxy::ui {

/// How long requests took: the median and the time that 19 of 20 stayed below.
class LatencyPlot final : public TimePlot {
    Q_OBJECT
  public:
    explicit LatencyPlot(QWidget* parent = nullptr);

  protected:
    Axis axisFor(const std::vector<Column>& columns, int mostTicks) const override;
    void paintSeries(QPainter& painter, const Frame& frame, const std::vector<Column>& columns,
                     const Tones& tones) const override;
    std::vector<LegendEntry> legend(const std::vector<Column>& columns, const Tones& tones) const override;
    std::vector<LegendEntry> entriesAt(const Column& column, const Tones& tones) const override;
    QString summary(const std::vector<Column>& columns) const override;
};

} // namespace reverxy::ui
