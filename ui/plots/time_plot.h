// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"
#include "ui/plots/axis.h"
#include "ui/plots/series.h"
#include "ui/widgets/tones.h"

#include <QString>
#include <QWidget>

#include <optional>
#include <vector>

namespace reverxy::ui {

/// One entry of a plot's legend, and of what it says about a moment.
struct LegendEntry {
    QColor colour;
    bool hatched = false; // the sign is striped, as its area is
    QString name;
    QString value; // at the moment pointed at; empty in the legend
};

/// The last minutes, at most 15: frame, axes, legend, and what stands at the moment under the pointer (or chosen
/// with the arrow keys). What is plotted is a subclass's business. Repaints when a new second came, not with every
/// snapshot.
class TimePlot : public QWidget {
    Q_OBJECT
  public:
    TimePlot(const QString& title, const QString& unit, QWidget* parent);

    void show(const api::SnapshotPointer& snapshot);
    using QWidget::show;

    /// Points at a moment, Unix time, or at none.
    void pointAt(std::optional<int64_t> second);

    std::optional<int64_t> pointedAt() const { return m_pointed; }

    /// What is said of the moment pointed at, heading first; empty while none is.
    QStringList readout() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void pointed(std::optional<int64_t> second);

  protected:
    /// Maps seconds and values to pixels.
    struct Frame {
        QRectF area;
        int64_t end = 0; // the first second after the last one
        int span = 900;  // seconds
        Axis axis;
        double pixel = 1; // the size of a device's pixel

        double x(double second) const;
        double y(double value) const;
        /// The same on a boundary of device pixels, where edges are sharp.
        double sharp(double coordinate) const;
    };

    virtual Axis axisFor(const std::vector<Column>& columns, int mostTicks) const = 0;
    virtual void paintSeries(QPainter& painter, const Frame& frame, const std::vector<Column>& columns,
                             const Tones& tones) const = 0;
    virtual std::vector<LegendEntry> legend(const std::vector<Column>& columns, const Tones& tones) const = 0;
    virtual std::vector<LegendEntry> entriesAt(const Column& column, const Tones& tones) const = 0;
    /// One sentence for who cannot see the plot.
    virtual QString summary(const std::vector<Column>& columns) const = 0;

    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    QRectF plotArea() const;
    Frame frame() const;
    void rebuild();
    const Column* columnAt(int64_t second) const;
    QString headingOf(const Column& column) const;
    void choose(std::optional<int64_t> second);
    void paintHead(QPainter& painter, const Tones& tones) const;
    void paintGrid(QPainter& painter, const Frame& frame, const Tones& tones) const;
    void paintPointed(QPainter& painter, const Frame& frame, const Tones& tones) const;
    void paintReadout(QPainter& painter, const Frame& frame, const Column& column, const Tones& tones) const;

    QString m_title;
    QString m_unit;
    api::SnapshotPointer m_snapshot;
    int64_t m_end = 0;
    int m_span = 900;
    int m_perColumn = 1;
    std::vector<Column> m_columns;
    std::optional<int64_t> m_pointed;
};

/// The square of a legend's entry.
void paintSwatch(QPainter& painter, const QRectF& box, const LegendEntry& entry);
/// Fills `area` with the entry's colour, on a pale ground with stripes where it is hatched.
void paintSeriesArea(QPainter& painter, const QRectF& area, const QColor& colour, bool hatched);

} // namespace reverxy::ui
